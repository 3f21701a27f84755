/**
 * Secrets from Azure Key Vault.
 *
 * <p>Source of the component: Dapr's {@code secretstores.azure.keyvault}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.azure;
