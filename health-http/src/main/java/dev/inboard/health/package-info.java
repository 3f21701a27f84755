/** Answers the probes of an orchestrator and the scrapes of Prometheus, over the JDK's server. */
@org.jspecify.annotations.NullMarked
package dev.inboard.health;
