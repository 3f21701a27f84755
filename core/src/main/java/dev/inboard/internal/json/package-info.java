/** JSON: how values become text and back, decided in one place for all building blocks. */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.json;
