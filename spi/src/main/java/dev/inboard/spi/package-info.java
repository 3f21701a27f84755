/**
 * What every provider has in common: its type name, its options, the component it is asked to open,
 * the driver it returns.
 *
 * <p>A <em>provider</em> is found by {@link java.util.ServiceLoader}, has no state and does no I/O.
 * A <em>driver</em> is one opened component; it owns its connections and is closed by the runtime.
 * The interfaces of each building block live in a package of their own below this one.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.spi;
