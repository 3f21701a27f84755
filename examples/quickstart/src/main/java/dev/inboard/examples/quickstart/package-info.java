/**
 * A small shop: reads orders from a file, handles them through a topic, keeps stock and receipts in
 * a state store, signs receipts with a secret.
 *
 * <p>{@link dev.inboard.examples.quickstart.Quickstart} is the program, {@link
 * dev.inboard.examples.quickstart.Shop} the application on Inboard; the rest reads files and
 * prints.
 */
package dev.inboard.examples.quickstart;
