/**
 * Resource files: from YAML text to checked, typed documents.
 *
 * <p>Nothing here opens a component; problems are collected, not thrown, so that one start-up
 * reports all of them.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.resources;
