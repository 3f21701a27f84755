package dev.inboard.local;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.configuration.StoredItem;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A file of configuration: properties when its name ends on {@code .properties}, else a JSON object
 * whose nested names are joined by the separator.
 *
 * <p>A value may be followed by {@code ||} and its version. Empty values do not count.
 */
record ConfigurationFile(Path path, String separator) {
  /** What tells one content from another without reading it. */
  record Stamp(FileTime modified, long size, @Nullable Object file) {}

  Stamp stamp() throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
  }

  /** Reads every item of the file. */
  Map<String, StoredItem> read(String component, String operation) throws IOException {
    try {
      String text = Files.readString(path);
      return path.toString().toLowerCase(Locale.ROOT).endsWith(".properties")
          ? items(properties(text))
          : parse(text, separator);
    } catch (NoSuchFileException e) {
      String reason = "there is no file '" + path + "'; correct 'configurationFile'";
      throw new InboardException(ErrorCode.NOT_FOUND, component, operation, reason);
    } catch (FlatJson.Misfit e) {
      throw broken(component, operation, problem(e));
    } catch (JsonProcessingException e) {
      throw broken(component, operation, problem(e));
    } catch (CharacterCodingException | CharConversionException e) {
      throw broken(component, operation, "is no text in UTF-8");
    } catch (IllegalArgumentException e) { // a malformed \\u in properties
      throw broken(component, operation, "is no properties file: " + e.getMessage());
    }
  }

  private InboardException broken(String component, String operation, String problem) {
    return new InboardException(
        ErrorCode.DATA_LOSS, component, operation, "'" + path + "' " + problem + "; correct it");
  }

  /** Reads items from the text of a JSON object. */
  static Map<String, StoredItem> parse(String text, String separator) throws IOException {
    try (JsonParser json = FlatJson.FACTORY.createParser(text)) {
      FlatJson.begin(json);
      Map<String, String> leaves = FlatJson.leaves(json, separator);
      FlatJson.end(json);
      return items(leaves);
    }
  }

  /** Says what is wrong with the text of a JSON object, and where. */
  static String problem(IOException failure) {
    if (failure instanceof FlatJson.Misfit misfit) {
      return misfit.problem() + at(misfit.location().getLineNr(), misfit.location().getColumnNr());
    }
    return failure instanceof JsonProcessingException e && e.getLocation() != null
        ? "is no valid JSON" + at(e.getLocation().getLineNr(), e.getLocation().getColumnNr())
        : "is no valid JSON";
  }

  private static String at(int line, int column) {
    return " (line " + line + ", column " + column + ")";
  }

  private static Map<String, String> properties(String text) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = new StringReader(text)) {
      properties.load(reader);
    }
    Map<String, String> values = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return values;
  }

  private static Map<String, StoredItem> items(Map<String, String> texts) {
    Map<String, StoredItem> items = new LinkedHashMap<>();
    texts.forEach(
        (key, text) -> {
          StoredItem item = StoredItem.parse(text);
          if (!item.value().isEmpty()) {
            items.put(key, item);
          }
        });
    return items;
  }
}
