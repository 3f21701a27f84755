package dev.inboard.vault;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of an answer that is here as a whole before its request's time is over, counted from
 * now. The client's own limit ends with the headers.
 */
final class WholeAnswer implements BodyHandler<byte[]> {
  private final long end;

  WholeAnswer(Duration time) {
    end = System.nanoTime() + time.toNanos();
  }

  @Override
  public BodySubscriber<byte[]> apply(ResponseInfo headers) {
    return new Body(end - System.nanoTime());
  }

  private static final class Body implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
    private final CompletableFuture<byte[]> whole = bytes.getBody().toCompletableFuture();
    private final long nanosLeft;

    Body(long nanosLeft) {
      this.nanosLeft = nanosLeft;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      bytes.onSubscribe(subscription);
      if (whole.isDone()) {
        return;
      }
      CompletableFuture<Void> limit =
          new CompletableFuture<Void>().completeOnTimeout(null, nanosLeft, TimeUnit.NANOSECONDS);
      CompletableFuture<Void> unusedCut = limit.thenRun(() -> stopWaiting(subscription));
      CompletableFuture<byte[]> unusedEnd =
          whole.whenComplete((body, failure) -> limit.cancel(false));
    }

    private void stopWaiting(Subscription subscription) {
      if (whole.completeExceptionally(new HttpTimeoutException("the answer stopped midway"))) {
        subscription.cancel(); // and with it the connection
      }
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
      bytes.onNext(part);
    }

    @Override
    public void onError(Throwable failure) {
      bytes.onError(failure);
    }

    @Override
    public void onComplete() {
      bytes.onComplete();
    }
  }
}
