using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>
/// SHA-256 of what was copied into a checkpoint: of each file's header and of each tensor's bytes, taken of the source. The
/// file <c>fanin.copied.json</c>, by which a copy is verified without its source.
/// </summary>
/// <param name="Plan">The SHA-256 of the record of the checkpoint that they are of.</param>
/// <param name="Headers">By the files' names.</param>
/// <param name="Tensors">By the tensors' names.</param>
internal sealed record CopiedSums(
    string Plan,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Tensors
)
{
    /// <summary>What the file is called.</summary>
    public const string FileName = "fanin.copied.json";

    private const int BufferBytes = 1 << 22;
    private const int SumLength = 64;
    private const int LongestFile = 1 << 28;

    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads the copied tensors of a source, each once, several at a time.</summary>
    /// <exception cref="SafetensorsException">The source was cut off, or can't be read.</exception>
    public static CopiedSums Of(
        string plan,
        Checkpoint source,
        IEnumerable<SafetensorsTensor> copied,
        int threads,
        CancellationToken cancellation
    ) =>
        new(
            plan,
            source.Files.ToDictionary(file => Path.GetFileName(file.Path), file => Of(file.Header)),
            Of([.. copied.Select(tensor => (source.FileOf(tensor.Name), tensor))], threads, (_, _) => { }, cancellation)
        );

    /// <summary>The sums of tensors by their names.</summary>
    /// <param name="tensors">With the files that hold them.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="read">Is told of bytes that were read, on any thread.</param>
    /// <param name="cancellation">Ends the work soon.</param>
    public static Dictionary<string, string> Of(
        IReadOnlyCollection<(SafetensorsFile File, SafetensorsTensor Tensor)> tensors,
        int threads,
        Action<SafetensorsFile, int> read,
        CancellationToken cancellation
    )
    {
        var sums = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            // The largest first, so that none is left alone at the end.
            Parallel.ForEach(
                Partitioner.Create(
                    tensors.OrderByDescending(one => one.Tensor.ByteCount),
                    EnumerablePartitionerOptions.NoBuffering
                ),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads,
                    CancellationToken = cancellation,
                },
                () => new byte[BufferBytes],
                (one, _, buffer) =>
                {
                    var hash = new Sha256();
                    for (long start = 0; start < one.Tensor.ByteCount; start += BufferBytes)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(BufferBytes, one.Tensor.ByteCount - start));
                        one.File.ReadBytes(one.Tensor.Name, bytes, start);
                        hash.Append(bytes);
                        read(one.File, bytes.Length);
                    }
                    sums[one.Tensor.Name] = Convert.ToHexStringLower(hash.Finish());
                    return buffer;
                },
                _ => { }
            );
        }
        catch (AggregateException e)
        {
            // What each of the threads found is the same to a person.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return new(sums, StringComparer.Ordinal);
    }

    /// <summary>The sum of a file's header, with the length before it.</summary>
    public static string Of(SafetensorsHeader header) => Sha256.Text(header.Bytes.Span);

    /// <summary>The sums that lie in a folder; null where there are none.</summary>
    /// <exception cref="SafetensorsException">
    /// What lies there isn't what is written beside a copy, or leads out of the folder.
    /// </exception>
    public static CopiedSums? In(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                new CheckpointFolder(folder).ReadText(FileName, LongestFile)
            );
            return new(document.RootElement.GetProperty("plan").GetString() ?? "", Read("headers"), Read("tensors"));

            Dictionary<string, string> Read(string property) =>
                document
                    .RootElement.GetProperty(property)
                    .EnumerateObject()
                    .ToDictionary(
                        pair => pair.Name,
                        pair =>
                            pair.Value.GetString() is { Length: SumLength } sum
                                ? sum
                                : throw new FormatException(
                                    $"the sum of {Quoted.Text(pair.Name)} has no {SumLength} digits"
                                ),
                        StringComparer.Ordinal
                    );
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or SafetensorsException
            )
        {
            throw new SafetensorsException(
                $"'{path}' isn't what fanin init leaves beside a copy: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}.",
                e
            );
        }
    }

    /// <summary>True where a folder has the sums of a plan's copies.</summary>
    public static bool IsIn(string folder, string plan)
    {
        try
        {
            return In(folder)?.Plan == plan;
        }
        catch (SafetensorsException)
        {
            return false;
        }
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("plan", Plan);
            Write(writer, "headers", Headers);
            Write(writer, "tensors", Tensors);
            writer.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> sums)
    {
        writer.WriteStartObject(name);
        foreach ((string key, string sum) in sums.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(key, sum);
        }
        writer.WriteEndObject();
    }
}
