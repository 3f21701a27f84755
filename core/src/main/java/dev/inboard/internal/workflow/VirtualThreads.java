package dev.inboard.internal.workflow;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** Reaches virtual threads by reflection, since this code also runs on JDK 17. */
final class VirtualThreads {
  private VirtualThreads() {}

  static boolean areAvailable() {
    return Runtime.version().feature() >= 21;
  }

  static ExecutorService executor(String name) {
    try {
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Object ofVirtual = Thread.class.getMethod("ofVirtual").invoke(null);
      Object named =
          builder.getMethod("name", String.class, long.class).invoke(ofVirtual, name, 1L);
      ThreadFactory factory = (ThreadFactory) builder.getMethod("factory").invoke(named);
      Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
      return (ExecutorService) perTask.invoke(null, factory);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has virtual threads, but they cannot be used", e);
    }
  }
}
