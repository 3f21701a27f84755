/**
 * Secrets from the Secret objects of Kubernetes.
 *
 * <p>Source of the component: Dapr's {@code secretstores.kubernetes}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.kubernetes;
