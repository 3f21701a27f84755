package dev.inboard.rabbitmq;

/**
 * How a subscription consumes.
 *
 * @param topic what the receiver calls the origin of its messages
 * @param maxInFlight the most messages delivered to the receiver and not settled
 * @param window the most messages that the broker hands over unsettled; at least {@code
 *     maxInFlight} keeps the receiver busy
 * @param ordered whether a message waits for the redelivery of the one before it
 * @param acknowledgesFirst whether the broker may forget a message before it is handled
 * @param deadLetters whether a message that was not handled goes to the queue's dead letters
 *     instead of being delivered again
 * @param propertiesAsMetadata whether AMQP's properties are part of the metadata
 */
record ConsumeOptions(
    String topic,
    int maxInFlight,
    int window,
    boolean ordered,
    boolean acknowledgesFirst,
    boolean deadLetters,
    boolean propertiesAsMetadata) {}
