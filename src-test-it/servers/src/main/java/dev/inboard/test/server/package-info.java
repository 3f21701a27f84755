/**
 * Real servers for tests: started as child processes on free ports and in temporary folders, and
 * killed, stalled and cut off on demand.
 *
 * <p>A test class declares what it needs, and the server runs from before its first test until
 * after its last:
 *
 * <pre>{@code
 * @RegisterExtension static final RedisServer redis = RedisServer.create();
 * }</pre>
 *
 * <p>Every {@link dev.inboard.test.server.Server} can be stopped, killed, started again on the same
 * data and stalled; a {@link dev.inboard.test.server.TcpProxy} in front of one breaks the network;
 * a {@link dev.inboard.test.server.JavaProcess} runs a piece of an application in a JVM of its own
 * that may be killed. Nothing here knows Inboard's core or a provider, so every module may use it
 * in its tests.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.test.server;
