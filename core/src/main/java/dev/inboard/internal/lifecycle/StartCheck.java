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
    Checked checked = examine();
    problems.warnings().stream().map(Problem::toString).forEach(log::warn);
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
            Providers.load(settings.loader(), settings.providers(), problems), resources, problems);
    List<Plan> plans = planner.plan();
    List<List<Plan>> waves = OpeningOrder.of(plans, problems);
    SpecMaker specs =
        new SpecMaker(
            appId,
            environment.get("NAMESPACE"),
            settings.clock(),
            new MetadataResolver(appId, environment, settings.dataFolder(), problems),
            problems);
    List<ComponentSpec> withoutSecrets = plans.stream().map(specs::makeWithoutSecrets).toList();
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
    if (!settings.workflows().isPresent()
        || resources.components().stream()
            .anyMatch(component -> Block.of(component.type()) == Block.WORKFLOWS)) {
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
    List<Plan> backends = plans.stream().filter(plan -> plan.block() == Block.WORKFLOWS).toList();
    backends.stream()
        .skip(1)
        .forEach(
            backend ->
                problems.report(
                    backend.resource().origin(),
                    backend.label()
                        + ": '"
                        + backends.get(0).name()
                        + "' is the workflow backend already; an application has one",
                    "remove one of them, or give each its scopes"));
    Set<String> activities = settings.workflows().registry().activityNames();
    settings
        .workflows()
        .options()
        .activityLimits()
        .keySet()
        .forEach(
            name -> {
              if (!activities.contains(name)) {
                problems.report(
                    BUILDER,
                    "the limit of the activity '" + name + "' is for one that is not registered",
                    NearestName.cure(name, activities, "register an activity"));
              }
            });
  }

  private void checkResiliency(
      Resources resources,
      List<Resources.Excluded> excluded,
      @Nullable ExpressionEngine expressions) {
    ResiliencyResource resiliency = resources.resiliency();
    PolicyCheck.check(resiliency, expressions, problems);
    List<String> names =
        Stream.concat(
                resources.components().stream().map(ComponentResource::name),
                excluded.stream().map(Resources.Excluded::name))
            .toList();
    resiliency
        .components()
        .forEach(
            (name, target) -> {
              if (!names.contains(name)) {
                problems.doubt(
                    target.origin(),
                    "the resiliency target '" + name + "' is no component",
                    NearestName.cure(name, names, "remove it"));
              }
            });
  }

  /** Checks the names of components that code uses. */
  private void checkNames(List<Plan> plans, List<ComponentSpec> specs) {
    List<String> names = plans.stream().map(Plan::name).toList();
    settings.codecs().byComponent().keySet().forEach(name -> checkName("the codec", name, names));
    List<String> routes =
        specs.stream()
            .filter(spec -> Block.of(spec.type()) == Block.BINDINGS)
            .map(Bindings::handlerName)
            .toList();
    settings
        .handlers()
        .bindings()
        .keySet()
        .forEach(name -> checkName("the input binding", name, routes));
    settings.needs().keySet().forEach(name -> checkName("the need of", name, names));
  }

  private void checkName(String what, String name, List<String> names) {
    if (!names.contains(name)) {
      problems.report(
          BUILDER,
          what + " '" + name + "' is for a component that does not exist",
          NearestName.cure(name, names, "add a component"));
    }
  }

  private List<SubscriptionPlan> subscriptions(
      Resources resources, List<Plan> plans, @Nullable ExpressionEngine expressions) {
    List<String> pubSubs =
        plans.stream().filter(plan -> plan.block() == Block.PUBSUB).map(Plan::name).toList();
    SubscriptionPlanner planner =
        new SubscriptionPlanner(
            handlers(resources), pubSubs, expressions, problems::report, problems::doubt);
    settings
        .handlers()
        .subscriptions()
        .forEach(code -> planner.add(code.pubsubName(), code.subscription()));
    resources.subscriptions().forEach(planner::add);
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
