package dev.inboard.rabbitmq;

import java.time.Duration;

/** Runs tasks that may block, apart from the client's threads, until the component is closed. */
interface Later {
  void run(Duration pause, Runnable task);
}
