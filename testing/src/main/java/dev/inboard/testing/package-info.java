/** For tests of applications: workflows in memory, in a time that the test controls. */
@org.jspecify.annotations.NullMarked
package dev.inboard.testing;
