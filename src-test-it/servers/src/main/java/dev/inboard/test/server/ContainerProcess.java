package dev.inboard.test.server;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotModifiedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.FrameConsumerResultCallback;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.output.OutputFrame.OutputType;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * A server in a container of Docker, for machines that have only that. It uses the network of the
 * host, so ports and addresses are those of a {@link NativeProcess}; stopping keeps the container,
 * so its data stay.
 */
final class ContainerProcess implements ServerProcess {
  private final Launch launch;
  private final Output output;
  private final GenericContainer<?> container;
  private boolean created;

  private ContainerProcess(Launch launch, String image, String user) {
    this.launch = launch;
    this.output = new Output(launch.name(), launch.folder().resolve("output.log"));
    this.container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withNetworkMode("host")
            .withEnv(launch.environment())
            .withCopyToContainer(
                MountableFile.forHostPath(launch.folder()), launch.folder().toString())
            .withCreateContainerCmdModifier(
                create -> create.withEntrypoint(launch.command()).withUser(user));
  }

  /**
   * Prepares a container.
   *
   * @param launch its folder is copied into the container, to the same path
   * @param user as whom the server runs in the container
   * @param aptPackage what to install instead, for the message
   * @throws MissingServerException when Docker does not answer either
   */
  static ServerProcess create(Launch launch, String image, String user, String aptPackage) {
    return createOr("apt-get install " + aptPackage, launch, image, user);
  }

  /**
   * Prepares a container of a server that no package brings.
   *
   * @param cure the command that brings the server, for the message
   */
  static ServerProcess createOr(String cure, Launch launch, String image, String user) {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      throw new MissingServerException(launch.name(), cure);
    }
    return new ContainerProcess(launch, image, user);
  }

  @Override
  public void launch() {
    output.begin();
    if (created) {
      follow();
      docker().startContainerCmd(id()).exec();
    } else {
      container.withLogConsumer(this::append);
      container.start();
      created = true;
    }
  }

  @Override
  public void terminate(Duration atMost) {
    signal(launch.stopSignal());
    if (!endsWithin(atMost)) {
      kill();
      throw output.failure("did not end within " + atMost.toSeconds() + " s and was killed");
    }
  }

  @Override
  public void kill() {
    signal("KILL");
    if (!endsWithin(Duration.ofSeconds(10))) {
      throw output.failure("survived SIGKILL");
    }
  }

  @Override
  public void stall() {
    docker().pauseContainerCmd(id()).exec();
  }

  @Override
  public void resume() {
    if (Boolean.TRUE.equals(state().getPaused())) {
      docker().unpauseContainerCmd(id()).exec();
    }
  }

  @Override
  public boolean isAlive() {
    return created && Boolean.TRUE.equals(state().getRunning());
  }

  @Override
  public Output output() {
    return output;
  }

  @Override
  public String run(String... command) {
    try {
      ExecResult result = container.execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " failed:\n" + result.getStdout() + result.getStderr());
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command[0] + " ran", e);
    }
  }

  @Override
  public void close() {
    if (created) {
      container.stop();
    }
  }

  private void signal(String signal) {
    try {
      docker().killContainerCmd(id()).withSignal(signal).exec();
    } catch (NotModifiedException | ConflictException alreadyEnded) {
      return;
    }
  }

  private boolean endsWithin(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (isAlive()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Pause.ofMillis(20);
    }
    return true;
  }

  /** Testcontainers listens to the first run only; this listens to the next one. */
  private void follow() {
    FrameConsumerResultCallback frames = new FrameConsumerResultCallback();
    frames.addConsumer(OutputType.STDOUT, this::append);
    frames.addConsumer(OutputType.STDERR, this::append);
    docker()
        .attachContainerCmd(id())
        .withStdOut(true)
        .withStdErr(true)
        .withFollowStream(true)
        .exec(frames);
  }

  private synchronized void append(OutputFrame frame) {
    byte[] bytes = frame.getBytes();
    if (bytes == null) {
      return;
    }
    try {
      Files.write(output.file(), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ContainerState state() {
    return docker().inspectContainerCmd(id()).exec().getState();
  }

  private String id() {
    return container.getContainerId();
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }
}
