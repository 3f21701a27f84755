package dev.inboard.internal.lifecycle;

import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.internal.resources.ConfigurationResource;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.ResiliencyResource;
import dev.inboard.internal.resources.Resources;
import dev.inboard.internal.resources.SourceText;
import dev.inboard.spi.expressions.ExpressionEngine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resources in which no problem was found: what can be opened, and what is to begin then.
 *
 * @param waves what opens at the same time
 * @param excluded the components that the application does not get
 * @param specs makes the specs to open with, and reports what only the secrets show
 * @param problems takes those reports
 * @param expressions null: there is no engine on the class path
 * @param resources all of it as it was written
 * @param texts what was read; none for the embedded defaults
 */
record Checked(
    String appId,
    ConfigurationResource configuration,
    ResiliencyResource resiliency,
    List<List<Plan>> waves,
    List<Resources.Excluded> excluded,
    SpecMaker specs,
    Problems problems,
    List<SubscriptionPlan> subscriptions,
    @Nullable ExpressionEngine expressions,
    Resources resources,
    List<SourceText> texts) {}
