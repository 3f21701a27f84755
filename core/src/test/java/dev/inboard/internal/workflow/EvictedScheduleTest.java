package dev.inboard.internal.workflow;

/** The same schedules when every instance is thrown out of memory whenever it comes to rest. */
class EvictedScheduleTest extends ScheduleTest {
  @Override
  int evictPercent() {
    return 100;
  }
}
