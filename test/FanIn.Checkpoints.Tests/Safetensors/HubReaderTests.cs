using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FanIn.Checkpoints.Tests;

/// <summary>Hugging Face's own reader of headers and indexes, npm's @huggingface/hub (eng/fetch-huggingface-hub.sh).</summary>
public sealed class HubReaderTests : IDisposable
{
    // The library reads from its hub by ranges: this answers for the hub, from a folder.
    private const string Script = """
        import { createRequire } from "node:module";
        import { existsSync, readFileSync } from "node:fs";
        const { parseSafetensorsMetadata } = createRequire(process.argv[1] + "/")("@huggingface/hub");
        const fetch = async (url, request) => {
          const path = process.argv[2] + "/" + decodeURIComponent(new URL(url).pathname.split("/").pop());
          if (!existsSync(path)) {
            return new Response(null, { status: 404, headers: { "X-Error-Code": "EntryNotFound" } });
          }
          const file = readFileSync(path);
          const range = /bytes=(\d+)-(\d+)/.exec(new Headers(request?.headers).get("range") ?? "");
          const [begin, end] = range ? [Number(range[1]), Number(range[2]) + 1] : [0, file.length];
          const headers = { ETag: "x", "Content-Range": `bytes ${begin}-${Math.min(end, file.length) - 1}/${file.length}` };
          return new Response(file.subarray(begin, end), { status: range ? 206 : 200, headers });
        };
        console.log(JSON.stringify(await parseSafetensorsMetadata({ repo: "a/b", computeParametersCount: true, fetch })));
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private JsonElement Read([CallerFilePath] string source = "")
    {
        string library = Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "artifacts", "huggingface-hub")
        );
        Assert.SkipUnless(Directory.Exists(library), "needs the library that eng/fetch-huggingface-hub.sh fetches");
        string? output = OtherReader.Run("node", "--input-type=module", "-e", Script, library, _folder.Path);
        Assert.NotNull(output);
        return JsonDocument.Parse(output).RootElement;
    }

    private void Write(ShardMap map)
    {
        foreach (Shard shard in map.Shards)
        {
            using SafetensorsWriter writer = SafetensorsWriter.Create(_folder[shard.FileName], shard.Header);
            foreach (SafetensorsTensor tensor in shard.Header.Tensors)
            {
                writer.WriteBytes(tensor.Name, new byte[tensor.ByteCount]);
            }
            writer.Complete();
        }
    }

    private static void Check(SafetensorsHeader expected, JsonElement header)
    {
        Assert.Equal("pt", header.GetProperty("__metadata__").GetProperty("format").GetString());
        Assert.Equal(
            expected.Tensors.Select(t => $"{t} {t.Begin} {t.End}"),
            header
                .EnumerateObject()
                .Where(property => property.Name != "__metadata__")
                .Select(property =>
                {
                    JsonElement shape = property.Value.GetProperty("shape");
                    JsonElement offsets = property.Value.GetProperty("data_offsets");
                    return $"{property.Value.GetProperty("dtype")} {property.Name} [{string.Join(", ", shape.EnumerateArray())}] {offsets[0]} {offsets[1]}";
                })
        );
    }

    [Fact(Explicit = true)]
    public void OneFileIsReadAsItWasPlanned()
    {
        // A name that is a number would come first in JavaScript, whatever its place.
        ShardMap map = ShardMap.Of([
            .. Enum.GetValues<SafetensorsType>().Select(type => new SafetensorsTensor($"t.{type}", type, 2, 4)),
        ]);
        Write(map);
        JsonElement read = Read();
        Assert.False(read.GetProperty("sharded").GetBoolean());
        Check(map.Shards[0].Header, read.GetProperty("header"));
        Assert.Equal(8, read.GetProperty("parameterCount").GetProperty("BF16").GetInt64());
    }

    [Fact(Explicit = true)]
    public void AnIndexAndItsFilesAreReadAsTheyWerePlanned()
    {
        ShardMap map = ShardMap.Of(
            Enumerable
                .Range(0, 50)
                .Select(i => new SafetensorsTensor($"layers.{i}.w\u00e9ight", SafetensorsType.F16, i, 3)),
            1000
        );
        Write(map);
        AtomicFile.Write(_folder[SafetensorsIndex.FileName], System.Text.Encoding.UTF8.GetBytes(map.Index!.ToJson()));
        JsonElement read = Read();
        Assert.True(read.GetProperty("sharded").GetBoolean());
        Assert.Equal(
            map.TotalSize,
            read.GetProperty("index").GetProperty("metadata").GetProperty("total_size").GetInt64()
        );
        Assert.Equal(
            map.Index.WeightMap.Select(pair => (pair.Key, pair.Value)),
            read.GetProperty("index")
                .GetProperty("weight_map")
                .EnumerateObject()
                .Select(property => (property.Name, property.Value.GetString()!))
                .OrderBy(pair => pair.Name, StringComparer.Ordinal)
        );
        Assert.All(map.Shards, shard => Check(shard.Header, read.GetProperty("headers").GetProperty(shard.FileName)));
        Assert.Equal(map.TotalSize / 2, read.GetProperty("parameterCount").GetProperty("F16").GetInt64());
    }
}
