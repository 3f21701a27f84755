package dev.inboard.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Flattens JSON objects: the names on the way to a value, joined by a separator, are its name, an
 * index counting as a name. A value that is no string is its JSON text.
 *
 * <p>No error quotes what stands in the text: it may be a secret.
 */
final class FlatJson {
  /** Makes the parsers. */
  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private FlatJson() {}

  /** Goes into the object that the text must be. */
  static void begin(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new Misfit("does not begin with an object", json.currentTokenLocation());
    }
  }

  /** Makes sure that nothing follows the object. */
  static void end(JsonParser json) throws IOException {
    if (json.nextToken() != null) {
      throw new Misfit("goes on after its end", json.currentTokenLocation());
    }
  }

  /** Reads every value below the object or list that the parser stands at the beginning of. */
  static Map<String, String> leaves(JsonParser json, String separator) throws IOException {
    Map<String, String> leaves = new LinkedHashMap<>();
    flatten(json, "", separator, leaves);
    return leaves;
  }

  private static void flatten(
      JsonParser json, String path, String separator, Map<String, String> leaves)
      throws IOException {
    boolean list = json.currentToken() == JsonToken.START_ARRAY;
    for (int i = 0; !json.nextToken().isStructEnd(); i++) {
      String step = list ? Integer.toString(i) : json.currentName();
      if (!list) {
        json.nextToken();
      }
      String name = path.isEmpty() ? step : path + separator + step;
      if (json.currentToken().isStructStart()) {
        flatten(json, name, separator, leaves);
      } else if (leaves.put(name, json.getText()) != null) {
        throw new Misfit("has two values called '" + name + "'", json.currentTokenLocation());
      }
    }
  }

  /** Valid JSON that is not what was expected. */
  static final class Misfit extends IOException {
    private static final long serialVersionUID = 1L;
    private final String problem;
    private final transient JsonLocation location;

    Misfit(String problem, JsonLocation location) {
      super(problem);
      this.problem = problem;
      this.location = location;
    }

    String problem() {
      return problem;
    }

    JsonLocation location() {
      return location;
    }
  }
}
