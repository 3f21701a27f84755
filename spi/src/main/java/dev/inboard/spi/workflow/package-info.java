/**
 * What a workflow backend implements: storage for the workflow engine, and nothing else.
 *
 * <p>The engine decides what happens; the backend keeps it. Everything the engine stores is bytes
 * in small records. Three rules make that safe on one node and on many:
 *
 * <ul>
 *   <li>An instance is owned by at most one node at a time. Ownership lasts as long as the node's
 *       lease; a new owner gets a higher <em>epoch</em>.
 *   <li>A turn is written as a whole or not at all, and only for the node, the epoch and the turn
 *       number that the stored instance has. Whoever comes late is fenced.
 *   <li>A message reaches an instance's inbox once per message id, and stays until a turn consumes
 *       it.
 * </ul>
 *
 * <p>The shapes fit a SQL transaction (everything in one), as well as one Redis script on the keys
 * of one instance: what concerns other instances ({@code messages}, {@code starts}) may be stored
 * with the turn and carried out by the driver afterwards.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi.workflow;
