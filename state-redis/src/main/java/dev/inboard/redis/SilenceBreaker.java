package dev.inboard.redis;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which the server has been silent for too long though it was sent a
 * command.
 *
 * <p>A server that vanishes without a word (its machine, or the network before it) leaves a
 * connection that looks alive for a quarter of an hour. Closed, it is made anew: with the same
 * server when it is back, with the new master after a failover.
 *
 * <p>Belongs to one connection; runs on its event loop alone.
 */
final class SilenceBreaker extends ChannelDuplexHandler {
  private final long patienceNanos;
  private boolean awaiting;
  private long since;
  private @Nullable Future<?> check;

  SilenceBreaker(Duration patience) {
    this.patienceNanos = patience.toNanos();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    long pause = patienceNanos / 4;
    check =
        context
            .executor()
            .scheduleWithFixedDelay(() -> look(context), pause, pause, TimeUnit.NANOSECONDS);
    super.channelActive(context);
  }

  private void look(ChannelHandlerContext context) {
    if (awaiting && System.nanoTime() - since > patienceNanos) {
      ChannelFuture unused = context.close();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (!awaiting) {
      awaiting = true;
      since = System.nanoTime();
    }
    super.write(context, message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    awaiting = false;
    super.channelRead(context, message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (check != null) {
      check.cancel(false);
    }
    super.channelInactive(context);
  }
}
