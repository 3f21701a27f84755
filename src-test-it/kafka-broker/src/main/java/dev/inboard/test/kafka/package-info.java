/**
 * A Kafka broker as a program. It runs in a JVM of its own, so that the broker and what it brings
 * stay off the class path of tests; the build puts the list of its jars beside this package as
 * {@code classpath.txt}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.test.kafka;
