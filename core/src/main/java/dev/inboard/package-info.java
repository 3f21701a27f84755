/**
 * Where an application begins: {@code Inboard}, and the few types that all building blocks share.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard;
