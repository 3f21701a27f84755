package dev.inboard.configuration;

/** What an application does when configuration changes. */
@FunctionalInterface
public interface ConfigurationHandler {
  /**
   * Is told of changes; one call at a time per subscription. Values that were replaced before the
   * handler's turn came are left out.
   *
   * @throws Exception to be told again, after a pause that grows from one second to a minute, of
   *     these changes or of what has replaced them meanwhile
   */
  void changed(ConfigurationUpdate update) throws Exception;
}
