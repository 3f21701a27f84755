/** RabbitMQ beside its own Java client. */
@NullMarked
package dev.inboard.benchmarks.rabbitmq;

import org.jspecify.annotations.NullMarked;
