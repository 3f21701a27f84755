package dev.inboard.test.server;

import java.util.List;

/**
 * Several servers that work together. Each can be stopped, killed, stalled and started on its own.
 */
public abstract class ServerGroup<S extends Server> extends TestServer {
  private final List<S> nodes;
  private boolean formed;

  ServerGroup(List<S> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** Makes one system out of the nodes, which all run and are new. */
  abstract void form();

  /** Returns the servers, always in the same order, running or not. */
  public final List<S> nodes() {
    return nodes;
  }

  /** Returns one server, counted from 0. */
  public final S node(int index) {
    return nodes.get(index);
  }

  @Override
  public final synchronized void start() {
    // All first: some become ready only together.
    List<S> launched = nodes.stream().filter(Server::launch).toList();
    launched.forEach(Server::awaitReady);
    if (!formed) {
      form();
      formed = true;
    }
  }

  @Override
  public final synchronized void close() {
    formed = false;
    nodes.forEach(Server::close);
  }
}
