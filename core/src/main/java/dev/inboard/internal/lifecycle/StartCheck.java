package dev.inboard.internal.lifecycle;

import dev.inboard.common.InboardException;
import dev.inboard.internal.bindings.Bindings;
import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.internal.pubsub.SubscriptionPlanner;
import dev.inboard.internal.resiliency.PolicyCheck;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.MetadataResolver;
import dev.inboard.internal.resources.NearestName;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.ResiliencyResource;
import dev.inboard.internal.resources.ResourceLoader;
import dev.inboard.internal.resources.Resources;
import dev.inboard.internal.resources.Source;
import dev.inboard.internal.resources.SourceText;
import dev.inboard.internal.resources.SubscriptionResource;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.expressions.ExpressionEngine;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first half of a start: reads the resources and checks everything that can be checked without
 * opening anything. For one thread.
 */
final class StartCheck {
  private static final Logger log = LoggerFactory.getLogger(StartCheck.class);
  private static final Origin BUILDER = new Origin("builder", 0);

  private final Settings settings;
  private final String appId;
  private final Environment environment;
  private final Problems problems;
  private boolean handlersAreKnown;
  private boolean warmsUp;
  private final List<SourceText> texts = new ArrayList<>();

  StartCheck(Settings settings, String appId) {
    this.settings = settings;
    this.appId = appId;
    this.environment = settings.environment();
    this.problems = new Problems(settings.strict());
  }

  /** Returns the application's id, empty when nobody gives it one. */
  static String appIdOf(Settings settings) {
    String appId =
        settings.appId() == null ? settings.environment().get("APP_ID") : settings.appId();
    return appId == null ? "" : appId.strip();
  }

  /**
   * Checks.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem
   */
  Checked check() {
    warmsUp = true; // what is checked so is opened next
    Checked checked = examine();
    for (Problem warning : problems.warnings()) {
      log.warn("{}", warning);
    }
    problems.throwIfAny();
    return checked;
  }

  /** Checks, and returns what was found instead of failing. */
  Problems inspect() {
    Checked unused = examine();
    return problems;
  }

  /** Takes every name of a handler in the resources for known. */
  void takeHandlersForKnown() {
    handlersAreKnown = true;
  }

  private Checked examine() {
    checkAppId();
    Resources resources = withWorkflowBackend(load());
    Planner planner =
        new Planner(
            Providers.load(blocksOf(resources), settings.loader(), settings.providers(), problems),
            resources,
            problems);
    List<Plan> plans = planner.plan();
    if (warmsUp) {
      WarmUp.begin(plans);
    }
    List<List<Plan>> waves = OpeningOrder.of(plans, problems);
    SpecMaker specs =
        new SpecMaker(
            appId,
            environment.get("NAMESPACE"),
            settings.clock(),
            new MetadataResolver(appId, environment, settings.dataFolder(), problems),
            problems);
    List<ComponentSpec> withoutSecrets = new ArrayList<>();
    for (Plan plan : plans) {
      withoutSecrets.add(specs.makeWithoutSecrets(plan));
    }
    checkNames(plans, withoutSecrets);
    OutboxCheck.check(plans, withoutSecrets, problems);
    ExpressionEngine expressions = Expressions.load(settings.loader(), problems);
    checkResiliency(resources, planner.excluded(), expressions);
    checkWorkflows(plans);
    List<SubscriptionPlan> subscriptions = subscriptions(resources, plans, expressions);
    return new Checked(
        appId,
        resources.configuration(),
        resources.resiliency(),
        waves,
        List.copyOf(planner.excluded()),
        specs,
        problems,
        subscriptions,
        expressions,
        resources,
        List.copyOf(texts));
  }

  /** Returns the blocks that have components here; of others no provider need be loaded. */
  private static Set<Block> blocksOf(Resources resources) {
    Set<Block> blocks = EnumSet.noneOf(Block.class);
    for (ComponentResource component : resources.components()) {
      Block block = Block.of(component.type());
      if (block != null) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  private void checkAppId() {
    if (appId.isEmpty()) {
      problems.report(
          BUILDER,
          "the application has no id",
          "call appId(…) or set the environment variable APP_ID");
    } else if (appId.contains("||")) {
      problems.report(
          BUILDER,
          "the app id '" + appId + "' contains '||'",
          "choose another; '||' ends the prefix of keys");
    }
  }

  private Resources load() {
    if (settings.sources().isEmpty()) {
      return Resources.NONE.withComponents(EmbeddedDefaults.in(settings.dataFolder()));
    }
    List<Source> recorded =
        settings.sources().stream()
            .<Source>map(
                source ->
                    told -> {
                      List<SourceText> read = source.read(told);
                      texts.addAll(read);
                      return read;
                    })
            .toList();
    return new ResourceLoader(appId, environment, problems).load(recorded);
  }

  /** Adds the embedded backend where workflows are registered and no file names a backend. */
  private Resources withWorkflowBackend(Resources resources) {
    if (!settings.workflows().isPresent() || blocksOf(resources).contains(Block.WORKFLOWS)) {
      return resources;
    }
    for (Resources.Excluded other : resources.excluded()) {
      if (Block.of(other.type()) == Block.WORKFLOWS) { // better no start than another place
        problems.report(
            other.origin(),
            "there are workflows, but the workflow backend '"
                + other.name()
                + "' "
                + other.reason(),
            "change that, or add a workflow backend for this application");
        return resources;
      }
    }
    for (ComponentResource other : resources.components()) {
      if (other.name().equals(EmbeddedDefaults.WORKFLOWS)) {
        problems.report(
            other.origin(),
            other.label() + ": has the name of the embedded workflow backend",
            "choose another name, or add a component of type workflowbackend.…");
        return resources;
      }
    }
    List<ComponentResource> all = new ArrayList<>(resources.components());
    all.add(EmbeddedDefaults.workflowsIn(settings.dataFolder()));
    return resources.withComponents(all);
  }

  private void checkWorkflows(List<Plan> plans) {
    Plan first = null;
    for (Plan plan : plans) {
      if (plan.block() != Block.WORKFLOWS) {
        continue;
      }
      if (first == null) {
        first = plan;
      } else {
        problems.report(
            plan.resource().origin(),
            plan.label()
                + ": '"
                + first.name()
                + "' is the workflow backend already; an application has one",
            "remove one of them, or give each its scopes");
      }
    }
    Set<String> activities = settings.workflows().registry().activityNames();
    for (String name : settings.workflows().options().activityLimits().keySet()) {
      if (!activities.contains(name)) {
        problems.report(
            BUILDER,
            "the limit of the activity '" + name + "' is for one that is not registered",
            NearestName.cure(name, activities, "register an activity"));
      }
    }
  }

  private void checkResiliency(
      Resources resources,
      List<Resources.Excluded> excluded,
      @Nullable ExpressionEngine expressions) {
    ResiliencyResource resiliency = resources.resiliency();
    PolicyCheck.check(resiliency, expressions, problems);
    List<String> names = new ArrayList<>();
    for (ComponentResource component : resources.components()) {
      names.add(component.name());
    }
    for (Resources.Excluded component : excluded) {
      names.add(component.name());
    }
    for (Map.Entry<String, ResiliencyResource.ComponentTarget> target :
        resiliency.components().entrySet()) {
      if (!names.contains(target.getKey())) {
        problems.doubt(
            target.getValue().origin(),
            "the resiliency target '" + target.getKey() + "' is no component",
            NearestName.cure(target.getKey(), names, "remove it"));
      }
    }
  }

  /** Checks the names of components that code uses. */
  private void checkNames(List<Plan> plans, List<ComponentSpec> specs) {
    List<String> names = new ArrayList<>();
    for (Plan plan : plans) {
      names.add(plan.name());
    }
    List<String> routes = new ArrayList<>();
    for (ComponentSpec spec : specs) {
      if (Block.of(spec.type()) == Block.BINDINGS) {
        routes.add(Bindings.handlerName(spec));
      }
    }
    checkNames("the codec", settings.codecs().byComponent().keySet(), names);
    checkNames("the input binding", settings.handlers().bindings().keySet(), routes);
    checkNames("the need of", settings.needs().keySet(), names);
  }

  private void checkNames(String what, Set<String> used, List<String> names) {
    for (String name : used) {
      if (!names.contains(name)) {
        problems.report(
            BUILDER,
            what + " '" + name + "' is for a component that does not exist",
            NearestName.cure(name, names, "add a component"));
      }
    }
  }

  private List<SubscriptionPlan> subscriptions(
      Resources resources, List<Plan> plans, @Nullable ExpressionEngine expressions) {
    List<String> pubSubs = new ArrayList<>();
    for (Plan plan : plans) {
      if (plan.block() == Block.PUBSUB) {
        pubSubs.add(plan.name());
      }
    }
    SubscriptionPlanner planner =
        new SubscriptionPlanner(
            handlers(resources), pubSubs, expressions, problems::report, problems::doubt);
    for (Handlers.CodeSubscription code : settings.handlers().subscriptions()) {
      planner.add(code.pubsubName(), code.subscription());
    }
    for (SubscriptionResource subscription : resources.subscriptions()) {
      planner.add(subscription);
    }
    return planner.plans();
  }

  private Map<String, EventHandler<?>> handlers(Resources resources) {
    if (!handlersAreKnown) {
      return settings.handlers().named();
    }
    Map<String, EventHandler<?>> known = new HashMap<>();
    for (SubscriptionResource subscription : resources.subscriptions()) {
      Stream.concat(
              Stream.ofNullable(subscription.defaultPath()),
              subscription.rules().stream().map(SubscriptionResource.Rule::path))
          .map(path -> path.startsWith("/") ? path.substring(1) : path)
          .forEach(
              name -> known.put(name, EventHandler.of(Object.class, event -> Outcome.SUCCESS)));
    }
    return known;
  }
}
