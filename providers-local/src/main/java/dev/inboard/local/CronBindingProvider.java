package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.BindingProvider;
import java.time.ZoneId;
import java.util.List;

/**
 * Opens {@code bindings.cron}: an event without data at the times of a schedule.
 *
 * <ul>
 *   <li>Every process that has the component gets every event.
 *   <li>Runs do not overlap unless {@code allowOverlap} says so: a time that comes while a run is
 *       under way, or while the input is paused or the machine asleep, is made up for afterwards;
 *       several such times make one run.
 *   <li>A run that fails is tried again after a pause, until it succeeds or the next time of the
 *       schedule takes its place.
 *   <li>Times that pass while no process runs are lost.
 *   <li>Metadata of an event: {@code timeZone}, {@code readTimeUTC} (when it was delivered) and
 *       {@code scheduledTimeUTC} (the time of the schedule that it stands for).
 * </ul>
 */
public final class CronBindingProvider implements BindingProvider {
  static final Option<CronSchedule> SCHEDULE =
      Option.of(
              "schedule",
              Option.Kind.TEXT,
              text -> CronSchedule.parse(text, ZoneId.systemDefault()))
          .about(
              "5 cron fields, 6 with seconds first, @hourly and its kin, or @every 5m;"
                  + " TZ=Europe/Berlin before it names the zone")
          .required();
  static final Option<Boolean> ALLOW_OVERLAP =
      Option.bool("allowOverlap")
          .or(false)
          .about("Begin a run although the one before has not ended");

  /** For {@link java.util.ServiceLoader}. */
  public CronBindingProvider() {}

  @Override
  public String type() {
    return "bindings.cron";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SCHEDULE, ALLOW_OVERLAP);
  }

  @Override
  public BindingDriver open(ComponentSpec spec) {
    return new CronBindingDriver(spec, spec.get(SCHEDULE), spec.get(ALLOW_OVERLAP));
  }
}
