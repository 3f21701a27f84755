/**
 * Secrets from AWS Secrets Manager.
 *
 * <p>Source of the component: Dapr's {@code secretstores.aws.secretmanager}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.aws;
