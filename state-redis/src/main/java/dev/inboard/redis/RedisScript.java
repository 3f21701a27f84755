package dev.inboard.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A Lua script: sent by its digest, and in full when the server does not know it (after a restart,
 * a {@code SCRIPT FLUSH}, or on another node of a cluster).
 */
final class RedisScript {
  private final byte[] source;
  private final byte[] digest;

  /** Reads the script from files beside this class, which are put one after the other. */
  RedisScript(String... files) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      for (String file : files) {
        try (InputStream in = RedisScript.class.getResourceAsStream(file)) {
          if (in == null) {
            throw new IllegalStateException("no script " + file);
          }
          in.transferTo(text);
        }
      }
      source = text.toByteArray();
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(source);
      digest = HexFormat.of().formatHex(hash).getBytes(StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs the script; what it does happens as a whole, and alone. */
  <T> CompletionStage<T> run(
      RedisClusterAsyncCommands<String, byte[]> commands,
      Supplier<CommandOutput<String, byte[], T>> output,
      List<String> keys,
      List<byte[]> arguments) {
    return commands
        .dispatch(CommandType.EVALSHA, output.get(), arguments(digest, keys, arguments))
        .exceptionallyCompose(
            failure ->
                isUnknown(failure)
                    ? commands.dispatch(
                        CommandType.EVAL, output.get(), arguments(source, keys, arguments))
                    : java.util.concurrent.CompletableFuture.failedStage(failure));
  }

  private static boolean isUnknown(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RedisNoScriptException;
  }

  private static CommandArgs<String, byte[]> arguments(
      byte[] script, List<String> keys, List<byte[]> arguments) {
    return new CommandArgs<>(RedisConnections.CODEC)
        .add(script)
        .add(keys.size())
        .addKeys(keys)
        .addValues(arguments);
  }
}
