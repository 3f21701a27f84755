package dev.inboard.internal.resiliency;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Reads the rules of handlers as files say them. */
public final class InboundFiles {
  private InboundFiles() {}

  /** Returns the rules of a component under these policies. */
  public static InboundRules rules(String policies, String inbound) {
    ScheduledExecutorService unused = Executors.newSingleThreadScheduledExecutor();
    unused.shutdown();
    Resiliency resiliency = new Resiliency(new Later(unused), Runnable::run);
    resiliency.apply(
        Rig.read(policies, "components: {bus: {inbound: " + inbound + "}}"), new Comparisons());
    return resiliency.inbound("pubsub", Rig.component("bus", "pubsub.test")).get();
  }
}
