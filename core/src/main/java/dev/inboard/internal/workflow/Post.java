package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.Message;
import java.util.concurrent.CompletableFuture;

/** Brings instances what clients tell them: straight into memory, else through the backend. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Post {
  private final Engine engine;

  Post(Engine engine) {
    this.engine = engine;
  }

  /** Tells an instance something; completes when that is stored. */
  CompletableFuture<Void> send(
      String operation, String id, HistoryEvent.Input event, String messageId) {
    CompletableFuture<Void> stored = new CompletableFuture<>();
    Instance instance = engine.instances().find(id);
    Envelope envelope = Envelope.toAny(event);
    if (instance != null && instance.offer(new Incoming(envelope, -1, stored))) {
      return stored;
    }
    return deliver(operation, new Message(id, messageId, envelope.encode()));
  }

  private CompletableFuture<Void> deliver(String operation, Message message) {
    String id = message.target();
    return engine
        .call(engine.driver().deliver(message))
        .thenAccept(
            delivery -> {
              check(operation, delivery);
              engine.instances().delivered(id);
            });
  }

  /** Throws when nothing was delivered. */
  void check(String operation, Delivery delivery) {
    if (delivery == Delivery.NOT_FOUND) {
      throw engine.notFound(operation);
    } else if (delivery == Delivery.FINISHED) {
      throw new InboardException(
          ErrorCode.CONFLICT, engine.label(), operation, "the workflow has finished");
    }
  }

  /** Tells who sent something that it could not be stored, and is not kept. */
  void failed(String id, Incoming incoming, Throwable error) {
    CompletableFuture<Void> stored = incoming.stored();
    if (stored == null) {
      return;
    }
    boolean known = error instanceof InboardException;
    stored.completeExceptionally(known ? naming(id, (InboardException) error) : error);
  }

  private InboardException naming(String id, InboardException error) {
    return new InboardException(
        error.code(), engine.label(), "tell workflow '" + id + "'", error.reason(), error);
  }

  /** Sends what an instance could not store the long way round. */
  void redirect(String id, Incoming incoming) {
    CompletableFuture<Void> stored = incoming.stored();
    if (stored == null) {
      return;
    }
    String operation = "tell workflow '" + id + "'";
    if (engine.isClosed()) {
      stored.completeExceptionally(engine.closing(operation));
      return;
    }
    String messageId =
        incoming.envelope().event() instanceof HistoryEvent.EventRaised raised
            ? raised.messageId()
            : Long.toHexString(engine.host().random());
    deliver(operation, new Message(id, messageId, incoming.envelope().encode()))
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                stored.complete(null);
              } else {
                stored.completeExceptionally(Engine.unwrap(error));
              }
            });
  }
}
