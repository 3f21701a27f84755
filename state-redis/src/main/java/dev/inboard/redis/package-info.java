/**
 * Components kept in Redis, sharing their data with a Dapr sidecar.
 *
 * <p>All of them open their connections through {@link dev.inboard.redis.RedisConnections} from the
 * same metadata fields ({@link dev.inboard.redis.RedisOptions}), and turn the client's failures
 * into error codes in {@link dev.inboard.redis.RedisErrors}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.redis;
