package dev.inboard.examples.quickstart;

/**
 * An order on its way through the topic.
 *
 * @param run which files it belongs to
 * @param number its place among the orders for its article, from 0, in the order of the file
 */
record Ticket(String run, long number, Order order) {}
