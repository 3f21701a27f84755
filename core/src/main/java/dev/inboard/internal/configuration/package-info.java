/** How configuration and its changes reach the application. */
@org.jspecify.annotations.NullMarked
package dev.inboard.internal.configuration;
