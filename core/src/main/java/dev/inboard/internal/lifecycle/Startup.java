package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.bindings.Bindings;
import dev.inboard.internal.pubsub.SubscriptionPlan;
import dev.inboard.internal.pubsub.SubscriptionPlanner;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.ConfigurationResource;
import dev.inboard.internal.resources.Environment;
import dev.inboard.internal.resources.MetadataResolver;
import dev.inboard.internal.resources.NearestName;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.ResiliencyResource;
import dev.inboard.internal.resources.ResourceLoader;
import dev.inboard.internal.resources.Resources;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From files to open components: first everything is checked and every problem reported together,
 * then everything is opened, and every failure reported together. For one thread.
 */
final class Startup {
  private static final Logger log = LoggerFactory.getLogger(Startup.class);
  private static final Origin BUILDER = new Origin("builder", 0);

  private final Settings settings;
  private final Waiting waiting;
  private final Components components;
  private final Environment environment;
  private final Problems problems;
  private final String appId;

  /**
   * Prepares a start.
   *
   * @param waiting calls it off
   * @param components takes every component as soon as it is open, so that whoever calls the start
   *     off can close them
   */
  Startup(Settings settings, Waiting waiting, Components components) {
    this.settings = settings;
    this.waiting = waiting;
    this.components = components;
    this.environment = settings.environment();
    this.problems = new Problems(settings.strict());
    this.appId = appId(settings);
  }

  private static String appId(Settings settings) {
    String appId =
        settings.appId() == null ? settings.environment().get("APP_ID") : settings.appId();
    return appId == null ? "" : appId.strip();
  }

  /** Returns the application's id; not empty after {@link #check}. */
  String appId() {
    return appId;
  }

  /**
   * Reads the resources and checks everything that can be checked without opening anything.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem
   */
  Checked check() {
    checkAppId();
    Resources resources = load();
    Providers providers = Providers.load(settings.loader(), settings.providers(), problems);
    Planner planner = new Planner(providers, resources, problems);
    List<Plan> plans = planner.plan();
    List<List<Plan>> waves = OpeningOrder.of(plans, problems);
    SpecMaker specs =
        new SpecMaker(
            appId,
            environment.get("NAMESPACE"),
            settings.clock(),
            new MetadataResolver(appId, environment, settings.dataFolder(), problems),
            problems);
    List<ComponentSpec> firstSpecs = plans.stream().map(specs::makeWithoutSecrets).toList();
    ExpressionEngine expressions = Expressions.load(settings.loader(), problems);
    checkResiliency(resources, planner.excluded(), expressions);
    checkNames(plans, firstSpecs);
    List<SubscriptionPlan> subscriptions = subscriptions(resources, plans, expressions);
    problems.warnings().stream().map(Problem::toString).forEach(log::warn);
    problems.throwIfAny();
    components.addAbsent(planner.excluded());
    return new Checked(resources.configuration(), waves, specs, subscriptions, expressions);
  }

  /** What can be opened, and what is to begin then. */
  record Checked(
      ConfigurationResource configuration,
      List<List<Plan>> waves,
      SpecMaker specs,
      List<SubscriptionPlan> subscriptions,
      @Nullable ExpressionEngine expressions) {}

  /**
   * Opens everything in order. What is open when this fails stays in the components, for the caller
   * to close.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} with every problem that only the secrets
   *     showed; else the code of the first component that could not be opened, with every failure
   *     in its text; {@code CANCELLED} when called off
   */
  void open(Checked checked) {
    SecretReader secrets = new SecretReader(this::secretStore, waiting);
    Opener opener = new Opener(waiting, threadPrefix(appId));
    for (List<Plan> wave : checked.waves()) {
      secrets.prefetch(wave);
      List<Opener.Candidate> candidates =
          wave.stream()
              .map(plan -> new Opener.Candidate(plan, checked.specs().make(plan, secrets)))
              .toList();
      throwIfCalledOff();
      problems.throwIfAny();
      settle(opener.open(candidates));
    }
  }

  /** Returns what the names of the runtime's threads begin with. */
  static String threadPrefix(String appId) {
    return "inboard-" + appId + "-";
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
    Resources resources = new ResourceLoader(appId, environment, problems).load(settings.sources());
    if (!resources.resiliency().isEmpty()) {
      log.warn("Resiliency documents are checked, but this version applies no policy yet");
    }
    return resources;
  }

  private void checkResiliency(
      Resources resources,
      List<Resources.Excluded> excluded,
      @Nullable ExpressionEngine expressions) {
    ResiliencyResource resiliency = resources.resiliency();
    if (expressions != null) {
      Expressions.checkTrips(resiliency, expressions, problems);
    }
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
            settings.handlers().named(), pubSubs, expressions, problems::report, problems::doubt);
    settings
        .handlers()
        .subscriptions()
        .forEach(code -> planner.add(code.pubsubName(), code.subscription()));
    resources.subscriptions().forEach(planner::add);
    return planner.plans();
  }

  private @Nullable SecretStoreDriver secretStore(String name) {
    OpenedComponent<?> store = components.find(Block.SECRETS, name);
    return store == null ? null : (SecretStoreDriver) store.driver();
  }

  private void settle(List<Opener.Outcome> outcomes) {
    List<Opener.Failed> failures = new ArrayList<>();
    for (Opener.Outcome outcome : outcomes) {
      if (outcome instanceof Opener.Opened opened) {
        components.add(opened.plan().block(), opened.component());
      } else if (outcome instanceof Opener.Failed failed) {
        if (failed.plan().resource().ignoreErrors()) {
          log.warn(
              "{}; going on without it, because of ignoreErrors", failed.failure().getMessage());
          components.addFailed(failed.plan(), failed.failure());
        } else {
          failures.add(failed);
        }
      }
    }
    throwIfCalledOff();
    if (!failures.isEmpty()) {
      throw failure(failures);
    }
  }

  private void throwIfCalledOff() {
    if (waiting.isCalledOff()) {
      throw new InboardException(
          ErrorCode.CANCELLED, null, "start", "the runtime was closed meanwhile");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InboardException(ErrorCode.CANCELLED, null, "start", "the thread was interrupted");
    }
  }

  private static InboardException failure(List<Opener.Failed> failed) {
    StringBuilder text = new StringBuilder();
    failed.forEach(
        each ->
            text.append("\n  ")
                .append(each.plan().resource().origin())
                .append(": ")
                .append(each.failure().getMessage()));
    return failure(
        "component",
        "be opened",
        text.toString(),
        failed.stream().map(Opener.Failed::failure).toList());
  }

  /**
   * Makes one failure of several; the first gives the code and is the cause.
   *
   * @param noun what failed, such as {@code component}
   * @param verb what it could not do
   * @param text a line for each
   */
  static InboardException failure(
      String noun, String verb, String text, List<InboardException> failures) {
    InboardException first = failures.get(0);
    String count = failures.size() + " " + noun + (failures.size() == 1 ? "" : "s");
    InboardException all =
        new InboardException(
            first.code(), null, "start", count + " could not " + verb + ":" + text, first);
    failures.stream().skip(1).forEach(all::addSuppressed);
    return all;
  }
}
