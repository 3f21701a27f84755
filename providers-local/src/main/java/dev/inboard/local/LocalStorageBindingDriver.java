package dev.inboard.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.OutputBindingDriver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Turns operations into work on the files of a folder. */
final class LocalStorageBindingDriver implements OutputBindingDriver {
  private static final JsonFactory JSON = new JsonFactory();

  private final String component;
  private final StorageFolder folder;
  private final boolean decodeBase64;
  private final FileWork work;

  LocalStorageBindingDriver(String component, StorageFolder folder, boolean decodeBase64) {
    this.component = component;
    this.folder = folder;
    this.decodeBase64 = decodeBase64;
    this.work = new FileWork(component);
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.DURABLE);
  }

  @Override
  public Set<String> operations() {
    return Set.of("create", "get", "list", "delete");
  }

  @Override
  public CompletionStage<Void> ping() {
    return work.ping();
  }

  @Override
  public CompletionStage<Response> invoke(Request request) {
    String name = request.metadata().getOrDefault("fileName", "");
    String operation =
        name.isEmpty() ? request.operation() : request.operation() + " '" + name + "'";
    return work.run(operation, () -> invoke(request, name, operation));
  }

  private Response invoke(Request request, String name, String operation) throws IOException {
    try {
      return switch (request.operation()) {
        case "create" -> create(name, data(request, operation));
        case "get" -> new Response(folder.read(named(name, operation)), Map.of("fileName", name));
        case "list" -> new Response(json(folder.list(name)), Map.of());
        case "delete" -> delete(named(name, operation));
        default ->
            throw new InboardException(
                ErrorCode.UNSUPPORTED, component, operation, "it knows " + operations());
      };
    } catch (StorageFolder.Refused e) {
      throw failure(ErrorCode.INVALID_ARGUMENT, operation, e.why());
    } catch (NoSuchFileException e) {
      throw failure(ErrorCode.NOT_FOUND, operation, "there is no such file in '" + folder + "'");
    }
  }

  private Response create(String name, byte[] data) throws IOException {
    String written = name.isEmpty() ? UUID.randomUUID().toString() : name;
    folder.write(written, data);
    return new Response(json(written), Map.of("fileName", written));
  }

  private Response delete(String name) throws IOException {
    folder.delete(name);
    return new Response(null, Map.of("fileName", name));
  }

  private byte[] data(Request request, String operation) {
    if (!decodeBase64) {
      return request.data();
    }
    try {
      return Base64.getDecoder().decode(request.data());
    } catch (IllegalArgumentException e) { // its message quotes the data
      throw failure(
          ErrorCode.INVALID_ARGUMENT,
          operation,
          "the data is no base64, which 'decodeBase64' asks for");
    }
  }

  private String named(String name, String operation) {
    if (name.isEmpty()) {
      throw failure(
          ErrorCode.INVALID_ARGUMENT, operation, "the metadata 'fileName' is missing; add it");
    }
    return name;
  }

  private InboardException failure(ErrorCode code, String operation, String reason) {
    return new InboardException(code, component, operation, reason);
  }

  private static byte[] json(String fileName) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("fileName", fileName);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static byte[] json(List<String> names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartArray();
      for (String name : names) {
        json.writeString(name);
      }
      json.writeEndArray();
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    work.close();
  }

  @Override
  public String toString() {
    return component;
  }
}
