/**
 * Components on RabbitMQ, sharing exchanges and queues with a Dapr sidecar.
 *
 * <p>Publishing and consuming use a connection each ({@link dev.inboard.rabbitmq.BrokerConnection},
 * kept up for as long as it takes), so that a broker which blocks publishers still hears
 * acknowledgements. {@link dev.inboard.rabbitmq.Publisher} sends and waits for confirms; {@link
 * dev.inboard.rabbitmq.QueueSubscription} consumes.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.rabbitmq;
