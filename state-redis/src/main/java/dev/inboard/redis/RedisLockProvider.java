package dev.inboard.redis;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.spi.lock.LockProvider;
import java.util.List;
import java.util.stream.Stream;

/** Opens {@code lock.redis}: leases as keys that expire, in the layout of Dapr's component. */
public final class RedisLockProvider implements LockProvider {
  @Override
  public String type() {
    return "lock.redis";
  }

  @Override
  public List<Option<?>> options() {
    return Stream.concat(RedisOptions.SHARED.stream(), RedisOptions.WITHOUT_EFFECT.stream())
        .<Option<?>>map(option -> option)
        .toList();
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return RedisOptions.check(spec);
  }

  @Override
  public LockDriver open(ComponentSpec spec) {
    return RedisLockDriver.open(spec.label(), RedisOptions.from(spec));
  }
}
