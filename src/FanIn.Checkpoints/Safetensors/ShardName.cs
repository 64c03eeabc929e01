namespace FanIn.Checkpoints;

/// <summary>
/// The names of files in an index come from whoever made it: only a plain name, of a file beside the index on every system,
/// is one that may be opened.
/// </summary>
internal static class ShardName
{
    private const string Extension = ".safetensors";
    private const int MaxLength = 255;

    /// <summary>The name of a file that is written, plain.</summary>
    /// <exception cref="ArgumentException">It leads elsewhere, or can't be a file's on every system.</exception>
    public static string Plain(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return PlainFault(name) is { } fault
            ? throw new ArgumentException($"The file {Quoted.Text(name)} {fault}.", nameof(name))
            : name;
    }

    /// <summary>What is wrong with the name of a file of tensors, as half a sentence that follows it; null where nothing is.</summary>
    public static string? Fault(string name) =>
        PlainFault(name) is { } fault ? fault
        : name.EndsWith(Extension, StringComparison.Ordinal) ? null
        : name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)
            ? "is one of PyTorch's pickles, which can run code; only .safetensors files are read"
        : "is no .safetensors file";

    private static string? PlainFault(string name)
    {
        if (name.Length == 0)
        {
            return "has no name";
        }
        if (name is "." or ".." || name.AsSpan().ContainsAny('/', '\\'))
        {
            return "lies in another folder; it must be a plain name of a file beside the index";
        }
        if (name.Contains(':', StringComparison.Ordinal))
        {
            return "has a colon, which on Windows names a drive or a stream; it must be a plain name";
        }
        if (name.AsSpan().ContainsAnyInRange('\0', '\u001f') || name.Contains('\u007f', StringComparison.Ordinal))
        {
            return "has a control character; it must be a plain name";
        }
        if (!Quoted.IsWellFormed(name))
        {
            return "has half of a surrogate pair; it must be a plain name";
        }
        if (IsDevice(name.Split('.')[0].TrimEnd(' ')))
        {
            return "is a device on Windows; it must be a plain name";
        }
        return name.Length > MaxLength ? $"has {name.Length} characters; a file's name has at most {MaxLength}" : null;
    }

    private static bool IsDevice(string stem) =>
        stem.ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
        || (
            stem.Length == 4
            && stem.ToUpperInvariant() is ['C', 'O', 'M', _] or ['L', 'P', 'T', _]
            && (char.IsAsciiDigit(stem[3]) || stem[3] is '\u00b9' or '\u00b2' or '\u00b3')
        );
}
