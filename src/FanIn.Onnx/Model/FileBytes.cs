namespace FanIn.Onnx;

/// <summary>A model's file as bytes.</summary>
internal static class FileBytes
{
    /// <exception cref="OnnxException">It isn't there, is empty, too large or can't be read.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new OnnxException($"'{path}' is a folder where an ONNX file is wanted.");
            }
            var info = new FileInfo(path);
            if (!info.Exists)
            {
                throw new OnnxException($"'{path}' isn't there.");
            }
            // Links have the length of their target here; pipes and devices have none and are never opened.
            long length = new FileInfo(info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path).Length;
            if (length == 0)
            {
                throw new OnnxException($"'{path}' is empty.");
            }
            if (length > Array.MaxLength)
            {
                throw new OnnxException(
                    $"'{path}' has {length} bytes; an ONNX file has 2 GB at most, its weights lie beside it as external data beyond that."
                );
            }
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new OnnxException($"'{path}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>What a file that isn't ONNX looks like; null where it looks like nothing known.</summary>
    public static string? Looks(ReadOnlySpan<byte> file) =>
        file.StartsWith("PK\u0003\u0004"u8)
            ? "it is a zip archive, as PyTorch's and Keras's checkpoints are; export the model to ONNX"
        : file is [0x89, (byte)'H', (byte)'D', (byte)'F', ..]
            ? "it is an HDF5 file, as Keras's checkpoints are; export the model to ONNX"
        : file is [_, _, _, _, (byte)'O', (byte)'R', (byte)'T', (byte)'M', ..]
            ? "it is in ONNX Runtime's own format (.ort); take the ONNX file that it was made of"
        : file is [_, _, _, _, (byte)'T', (byte)'F', (byte)'L', (byte)'3', ..] ? "it is a TensorFlow Lite file"
        : file is [_, _, _, _, _, _, _, _, (byte)'{', ..]
            ? "it looks like a safetensors file, which holds weights without a network"
        : IsText(file) ? "it is a text"
        : null;

    private static bool IsText(ReadOnlySpan<byte> file)
    {
        foreach (byte b in file[..Math.Min(file.Length, 256)])
        {
            if (b is < 0x09 or (> 0x0d and < 0x20) or >= 0x7f)
            {
                return false;
            }
        }
        return true;
    }
}
