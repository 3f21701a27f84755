package dev.inboard.internal.resources;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all documents have in common.
 *
 * @param name may be empty
 * @param scopes the app ids it is for; empty: all
 */
record DocumentHead(
    String apiVersion,
    String kind,
    String name,
    @Nullable String namespace,
    List<String> scopes,
    Origin origin) {
  private static final String V1 = "dapr.io/v1alpha1";
  private static final String V2 = "dapr.io/v2alpha1";

  /** The kinds that are read. */
  private static final Set<String> KINDS =
      Set.of("Component", "Subscription", "Configuration", "Resiliency");

  /** Kinds of Dapr that have no meaning inside a process. */
  private static final Set<String> UNUSED_KINDS =
      Set.of("HTTPEndpoint", "WorkflowAccessPolicy", "MCPServer");

  private static final Set<String> METADATA =
      Set.of(
          "name",
          "namespace",
          "labels",
          "annotations",
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "finalizers",
          "generateName",
          "generation",
          "managedFields",
          "ownerReferences",
          "resourceVersion",
          "selfLink",
          "uid");

  /**
   * Reads the head; null when the document is none of ours, which is reported where it looks like a
   * mistake.
   */
  static @Nullable DocumentHead read(Fields root) {
    String apiVersion = textOrEmpty(root, "apiVersion");
    String kind = textOrEmpty(root, "kind");
    if (!isOurs(root, apiVersion, kind)) {
      return null;
    }
    Fields metadata = root.section("metadata");
    metadata.expectOnly(METADATA);
    DocumentHead head =
        new DocumentHead(
            apiVersion,
            kind,
            textOrEmpty(metadata, "name"),
            metadata.text("namespace"),
            root.texts("scopes"),
            root.origin());
    head.checkName(metadata);
    return head;
  }

  private static String textOrEmpty(Fields fields, String name) {
    String text = fields.text(name);
    return text == null ? "" : text.strip();
  }

  private static boolean isOurs(Fields root, String apiVersion, String kind) {
    boolean daprs = apiVersion.startsWith("dapr.io/");
    if (KINDS.contains(kind)) {
      checkApiVersion(root, apiVersion, kind);
      return true;
    }
    if (UNUSED_KINDS.contains(kind)) {
      return false;
    }
    if (kind.isEmpty() && apiVersion.isEmpty() && !root.has("spec")) {
      if (!root.names().isEmpty()) {
        root.doubt(
            root.origin(),
            "is no resource: it has neither apiVersion nor kind",
            "move it elsewhere");
      }
      return false;
    }
    if (kind.isEmpty()) {
      root.report("kind", "is missing", "add 'kind: Component' (or " + others("Component") + ")");
    } else if (daprs || apiVersion.isEmpty() || KINDS.stream().anyMatch(kind::equalsIgnoreCase)) {
      root.report(
          "kind",
          "'" + kind + "' is not known",
          NearestName.cure(kind, KINDS.stream().sorted().toList(), ""));
    }
    return false;
  }

  private static String others(String kind) {
    return String.join(", ", KINDS.stream().filter(other -> !other.equals(kind)).sorted().toList());
  }

  private static void checkApiVersion(Fields root, String apiVersion, String kind) {
    boolean subscription = kind.equals("Subscription");
    if (apiVersion.equals(V1) || (subscription && apiVersion.equals(V2))) {
      return;
    }
    String cure = "write 'apiVersion: " + V1 + "'" + (subscription ? " or '" + V2 + "'" : "");
    root.report(
        "apiVersion",
        apiVersion.isEmpty() ? "is missing" : "'" + apiVersion + "' is not known",
        cure);
  }

  private void checkName(Fields metadata) {
    if (name.isEmpty() && kind.equals("Component")) {
      metadata.report(
          "name", "is missing", "give the component the name that the application asks for");
    } else if (name.equals(".") || name.equals("..") || name.matches(".*(?:[/%]|\\|\\|).*")) {
      metadata.report(
          "name",
          "'" + name + "' is no usable name",
          "use no '/', '%' or '||', and more than dots");
    }
  }

  /** Says whether it is written in the second version of its kind. */
  boolean isSecondVersion() {
    return apiVersion.equals(V2);
  }

  /** Returns why the document is not for this application, or null when it is. */
  @Nullable String exclusion(String appId, @Nullable String ownNamespace) {
    if (ownNamespace != null
        && namespace != null
        && !namespace.isEmpty()
        && !namespace.equals(ownNamespace)) {
      return "is in namespace '" + namespace + "', the application in '" + ownNamespace + "'";
    }
    return scopes.isEmpty() || scopes.contains(appId)
        ? null
        : "is for other applications (scopes: "
            + String.join(", ", scopes)
            + "), not for '"
            + appId
            + "'";
  }
}
