/** What a runtime costs before it does anything: time, heap, jars. */
@NullMarked
package dev.inboard.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
