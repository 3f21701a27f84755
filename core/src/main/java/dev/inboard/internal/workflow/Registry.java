package dev.inboard.internal.workflow;

import dev.inboard.TypeRef;
import dev.inboard.workflow.Activity;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.TransactionalActivity;
import dev.inboard.workflow.Workflow;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The workflows and activities that this process can run. Filled before the engine starts, then
 * only read.
 */
public final class Registry {
  private final Map<String, Map<String, RegisteredWorkflow>> workflows = new TreeMap<>();
  private final Map<String, RegisteredActivity> activities = new TreeMap<>();
  private final Map<String, QueueOptions> queues = new TreeMap<>();

  /** A workflow under a name and a version. */
  record RegisteredWorkflow(
      String name, String version, Type inputType, Callable<Workflow<?, ?>> factory) {}

  /** An activity under a name. */
  record RegisteredActivity(String name, Type inputType, Activity<?, ?> activity) {}

  /**
   * Adds a workflow whose class has a constructor without arguments; each run gets an object of its
   * own.
   */
  public Registry workflow(String name, Class<? extends Workflow<?, ?>> type) {
    return workflow(name, "", type);
  }

  /** Adds a version of a workflow. The version added last is the one new instances get. */
  public Registry workflow(String name, String version, Class<? extends Workflow<?, ?>> type) {
    Constructor<? extends Workflow<?, ?>> constructor = constructor("workflow", name, type);
    return add(
        name,
        version,
        inputType("workflow", name, type, Workflow.class),
        () -> construct(constructor));
  }

  /**
   * Adds an activity whose class has a constructor without arguments; one object serves all calls.
   */
  public Registry activity(String name, Class<? extends Activity<?, ?>> type) {
    Constructor<? extends Activity<?, ?>> constructor = constructor("activity", name, type);
    try {
      return activity(name, construct(constructor));
    } catch (Exception e) {
      throw new IllegalArgumentException(
          "activity '" + name + "': " + type.getName() + " cannot be made: " + e, e);
    }
  }

  private static <T> Constructor<? extends T> constructor(
      String kind, String name, Class<? extends T> type) {
    try {
      Constructor<? extends T> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          kind
              + " '"
              + name
              + "': "
              + type.getName()
              + " has no constructor without arguments; register an object instead",
          e);
    }
  }

  private static <T> T construct(Constructor<? extends T> constructor) throws Exception {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Adds a workflow object, which all runs share; it must not keep state. */
  public Registry workflow(String name, String version, Workflow<?, ?> workflow) {
    Type type = inputType("workflow", name, workflow.getClass(), Workflow.class);
    return add(name, version, type, () -> workflow);
  }

  /** Adds a workflow given as a lambda. */
  public <I> Registry workflow(
      String name, String version, Class<I> inputType, Workflow<I, ?> workflow) {
    return add(name, version, inputType, () -> workflow);
  }

  /** Adds a workflow given as a lambda, whose input has a generic type. */
  public <I> Registry workflow(
      String name, String version, TypeRef<I> inputType, Workflow<I, ?> workflow) {
    return add(name, version, inputType.type(), () -> workflow);
  }

  private Registry add(
      String name, String version, Type inputType, Callable<Workflow<?, ?>> factory) {
    checkName("workflow", name);
    Map<String, RegisteredWorkflow> versions =
        workflows.computeIfAbsent(name, any -> new LinkedHashMap<>());
    if (versions.put(version, new RegisteredWorkflow(name, version, inputType, factory)) != null) {
      throw new IllegalArgumentException("workflow '" + name + "' is registered twice");
    }
    return this;
  }

  /** Adds an activity object. */
  public Registry activity(String name, Activity<?, ?> activity) {
    return add(name, inputType("activity", name, activity.getClass(), Activity.class), activity);
  }

  /** Adds an activity given as a lambda. */
  public <I> Registry activity(String name, Class<I> inputType, Activity<I, ?> activity) {
    return add(name, inputType, activity);
  }

  /** Adds an activity given as a lambda, whose input has a generic type. */
  public <I> Registry activity(String name, TypeRef<I> inputType, Activity<I, ?> activity) {
    return add(name, inputType.type(), activity);
  }

  /** Adds an activity that is given a transaction. */
  public <I> Registry transactionalActivity(
      String name, Class<I> inputType, TransactionalActivity<I, ?> activity) {
    return add(name, inputType, new TransactionalStep<>(activity));
  }

  /** Adds every method of an interface as an activity; see {@code WorkflowContext.activities}. */
  public <T> Registry activities(Class<T> type, T implementation) {
    ActivityInterface.of(type, implementation)
        .forEach(found -> add(found.name(), found.inputType(), found.activity()));
    return this;
  }

  private Registry add(String name, Type inputType, Activity<?, ?> activity) {
    checkName("activity", name);
    if (activities.put(name, new RegisteredActivity(name, inputType, activity)) != null) {
      throw new IllegalArgumentException("activity '" + name + "' is registered twice");
    }
    return this;
  }

  /** Adds a queue whose activities this node runs. */
  public Registry queue(String name, QueueOptions options) {
    checkName("queue", name);
    if (queues.put(name, options) != null) {
      throw new IllegalArgumentException("queue '" + name + "' is registered twice");
    }
    return this;
  }

  private static void checkName(String kind, String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a " + kind + " is empty");
    }
  }

  private static Type inputType(String kind, String name, Class<?> type, Class<?> target) {
    Type found = TypeArguments.first(type, target);
    if (found == null) {
      throw new IllegalArgumentException(
          kind
              + " '"
              + name
              + "': the input type of a lambda cannot be seen; register it with its input type");
    }
    return found;
  }

  /** Says whether nothing was added. */
  public boolean isEmpty() {
    return workflowNames().isEmpty() && activityNames().isEmpty() && queues.isEmpty();
  }

  @Nullable RegisteredWorkflow find(String workflow, String version) {
    return workflows.getOrDefault(workflow, Map.of()).get(version);
  }

  /** Returns the version that new instances get, or null. */
  @Nullable RegisteredWorkflow latest(String workflow) {
    RegisteredWorkflow latest = null;
    for (RegisteredWorkflow version : workflows.getOrDefault(workflow, Map.of()).values()) {
      latest = version;
    }
    return latest;
  }

  @Nullable RegisteredActivity activity(String name) {
    return activities.get(name);
  }

  Map<String, QueueOptions> queues() {
    return queues;
  }

  /** Returns the names of the workflows of the application. */
  public Set<String> workflowNames() {
    return own(workflows.keySet());
  }

  Set<String> versions(String workflow) {
    return workflows.getOrDefault(workflow, Map.of()).keySet();
  }

  /** Returns the names of the activities. */
  public Set<String> activityNames() {
    return own(activities.keySet());
  }

  /** Returns the names that the application gave. */
  private static Set<String> own(Set<String> all) {
    Set<String> names = new TreeSet<>(all);
    names.removeIf(name -> name.startsWith("inboard."));
    return names;
  }

  /** Says why there is no code for a version of a workflow, and what there is. */
  String missing(String workflow, String version) {
    Set<String> versions = versions(workflow);
    if (versions.isEmpty()) {
      return "no workflow '%s' is registered; registered are %s"
          .formatted(workflow, workflowNames());
    }
    return "workflow '%s' is registered, but not in version '%s'; registered versions are %s"
        .formatted(workflow, version, versions);
  }
}
