package dev.inboard.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.secrets.StoredSecret;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file of secrets.
 *
 * <p>Nested objects and lists are flattened: the names on the way to a value, joined by the
 * separator, are its name, an index counting as a name. A value that is no string is its JSON text.
 * With {@code multiValued} this happens inside each object at the top, which is one secret.
 *
 * <p>Errors say where, and never quote the file: what stands at the place may be a secret.
 */
record SecretsFile(Path path, String separator, boolean multiValued) {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** Reads every secret of the file, by name. */
  Map<String, StoredSecret> read(String component, String operation) throws IOException {
    try (InputStream bytes = Files.newInputStream(path);
        JsonParser json = JSON.createParser(bytes)) {
      return secrets(json);
    } catch (NoSuchFileException e) {
      String reason = "there is no file '" + path + "'; correct 'secretsFile'";
      throw new InboardException(ErrorCode.NOT_FOUND, component, operation, reason);
    } catch (JsonProcessingException e) { // its message quotes the file, so it is not handed on
      throw broken(component, operation, "is no valid JSON", e.getLocation());
    } catch (CharConversionException e) { // likewise
      throw broken(component, operation, "is no text in UTF-8", null);
    } catch (Misfit e) {
      throw broken(component, operation, e.problem, e.location);
    }
  }

  private InboardException broken(
      String component, String operation, String problem, @Nullable JsonLocation location) {
    String place =
        location == null
            ? ""
            : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    return new InboardException(
        ErrorCode.DATA_LOSS,
        component,
        operation,
        "'" + path + "' " + problem + place + "; it must hold one JSON object");
  }

  private Map<String, StoredSecret> secrets(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new Misfit("does not begin with an object", json.currentTokenLocation());
    }
    Map<String, StoredSecret> secrets = new LinkedHashMap<>();
    if (multiValued) {
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        secrets.put(name, secret(json, name));
      }
    } else {
      Map<String, Secret> leaves = new LinkedHashMap<>();
      flatten(json, "", leaves);
      leaves.forEach(
          (name, value) -> secrets.put(name, new StoredSecret(Map.of(name, value), null, null)));
    }
    if (json.nextToken() != null) {
      throw new Misfit("goes on after its end", json.currentTokenLocation());
    }
    return secrets;
  }

  private StoredSecret secret(JsonParser json, String name) throws IOException {
    Map<String, Secret> values = new LinkedHashMap<>();
    if (json.currentToken().isScalarValue()) {
      values.put(name, Secret.of(json.getText()));
    } else {
      flatten(json, "", values);
    }
    return new StoredSecret(values, null, null);
  }

  /** Adds every value below the object or list that the parser stands at the beginning of. */
  private void flatten(JsonParser json, String path, Map<String, Secret> leaves)
      throws IOException {
    boolean list = json.currentToken() == JsonToken.START_ARRAY;
    for (int i = 0; !json.nextToken().isStructEnd(); i++) {
      String step = list ? Integer.toString(i) : json.currentName();
      if (!list) {
        json.nextToken();
      }
      String name = path.isEmpty() ? step : path + separator + step;
      if (json.currentToken().isStructStart()) {
        flatten(json, name, leaves);
      } else if (leaves.put(name, Secret.of(json.getText())) != null) {
        throw new Misfit("has two values called '" + name + "'", json.currentTokenLocation());
      }
    }
  }

  /** Valid JSON that is no file of secrets. */
  private static final class Misfit extends IOException {
    private static final long serialVersionUID = 1L;
    private final String problem;
    private final transient JsonLocation location;

    Misfit(String problem, JsonLocation location) {
      super(problem);
      this.problem = problem;
      this.location = location;
    }
  }
}
