package dev.inboard.local;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
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
  /** Reads every secret of the file, by name. */
  Map<String, StoredSecret> read(String component, String operation) throws IOException {
    try (InputStream bytes = Files.newInputStream(path);
        JsonParser json = FlatJson.FACTORY.createParser(bytes)) {
      return secrets(json);
    } catch (NoSuchFileException e) {
      String reason = "there is no file '" + path + "'; correct 'secretsFile'";
      throw new InboardException(ErrorCode.NOT_FOUND, component, operation, reason);
    } catch (JsonProcessingException e) { // its message quotes the file, so it is not handed on
      throw broken(component, operation, "is no valid JSON", e.getLocation());
    } catch (CharConversionException e) { // likewise
      throw broken(component, operation, "is no text in UTF-8", null);
    } catch (FlatJson.Misfit e) {
      throw broken(component, operation, e.problem(), e.location());
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
    FlatJson.begin(json);
    Map<String, StoredSecret> secrets = new LinkedHashMap<>();
    if (multiValued) {
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        secrets.put(name, secret(json, name));
      }
    } else {
      FlatJson.leaves(json, separator)
          .forEach(
              (name, value) ->
                  secrets.put(name, new StoredSecret(Map.of(name, Secret.of(value)), null, null)));
    }
    FlatJson.end(json);
    return secrets;
  }

  private StoredSecret secret(JsonParser json, String name) throws IOException {
    Map<String, Secret> values = new LinkedHashMap<>();
    if (json.currentToken().isScalarValue()) {
      values.put(name, Secret.of(json.getText()));
    } else {
      FlatJson.leaves(json, separator).forEach((path, value) -> values.put(path, Secret.of(value)));
    }
    return new StoredSecret(values, null, null);
  }
}
