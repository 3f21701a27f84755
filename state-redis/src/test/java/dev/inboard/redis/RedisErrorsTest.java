package dev.inboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LOADING Redis is loading the dataset in memory|UNAVAILABLE",
        "READONLY You can't write against a read only replica.|UNAVAILABLE",
        "ERR Error running script (call to f_1): @user_script:9: -READONLY You can't write|UNAVAILABLE",
        "MOVED 3999 127.0.0.1:6381|UNAVAILABLE",
        "CLUSTERDOWN The cluster is down|UNAVAILABLE",
        "TRYAGAIN Multiple keys request during rehashing of slot|UNAVAILABLE",
        "MASTERDOWN Link with MASTER is down|UNAVAILABLE",
        "MISCONF Redis is configured to save RDB snapshots|UNAVAILABLE",
        "BUSY Redis is busy running a script|UNAVAILABLE",
        "OOM command not allowed when used memory > 'maxmemory'.|EXHAUSTED",
        "NOAUTH Authentication required.|UNAUTHENTICATED",
        "WRONGPASS invalid username-password pair or user is disabled.|UNAUTHENTICATED",
        "NOPERM this user has no permissions to access one of the keys|PERMISSION_DENIED",
        "ERR The user executing the script can't run this command or subcommand|PERMISSION_DENIED",
        "CROSSSLOT Keys in request don't hash to the same slot|INVALID_ARGUMENT",
        "WRONGTYPE Operation against a key holding the wrong kind of value|INVALID_ARGUMENT",
        "ERR syntax error|INTERNAL",
      })
  void answersOfTheServerAreClassified(String answer, ErrorCode code) {
    assertThat(RedisErrors.classify(new RedisCommandExecutionException(answer))).isEqualTo(code);
  }

  @Test
  void failuresOfTheClientAreClassified() {
    assertThat(RedisErrors.classify(new RedisCommandTimeoutException()))
        .isEqualTo(ErrorCode.TIMEOUT);
    assertThat(RedisErrors.classify(new RedisException("Currently not connected.")))
        .isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(RedisErrors.classify(new CancellationException())).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(RedisErrors.classify(new IOException("reset"))).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(
            RedisErrors.classify(
                new RedisConnectionException(
                    "cannot connect", new RedisCommandExecutionException("WRONGPASS no"))))
        .isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(RedisErrors.classify(new IllegalStateException())).isEqualTo(ErrorCode.INTERNAL);
  }

  @Test
  void aMissingConnectionIsExplainedByTheFailedReconnect() {
    var failure =
        RedisErrors.wrap(
            "orders (state.redis)",
            "get 'a'",
            new RedisException("Currently not connected. Commands are rejected."),
            new CompletionException(new RedisCommandExecutionException("WRONGPASS no")));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    assertThat(failure).hasMessageContaining("WRONGPASS");
  }
}
