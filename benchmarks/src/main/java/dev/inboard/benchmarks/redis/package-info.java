/** The components on Redis, beside lettuce doing the same commands. */
@org.jspecify.annotations.NullMarked
package dev.inboard.benchmarks.redis;
