using System.Buffers.Binary;

namespace FanIn.TorchSharp;

/// <summary>
/// Marks one version that a library asks for, but doesn't use, as one the loader may do without.
/// </summary>
internal static class WeakVersion
{
    /// <summary>
    /// Which of the library's version needs the loader's message complains about, or null. The message is looked
    /// through for the names, not parsed: glibc translates it into the user's language.
    /// </summary>
    public static VersionNeed? Missing(ElfImage image, string message)
    {
        List<VersionNeed> named = [.. image.VersionNeeds.Where(need => !need.IsWeak && Names(message, need.Version))];
        return named.Count == 0 ? null
            : named.Find(need => message.Contains(need.Library, StringComparison.Ordinal))
                is { Library: not null } exact
                ? exact
            : named[0];
    }

    /// <summary>A copy of <paramref name="bytes"/> with the weak flag of <paramref name="need"/> set: one bit.</summary>
    /// <exception cref="InvalidDataException">A relocation uses the version, so the library can't do without.</exception>
    public static byte[] Mark(ElfImage image, byte[] bytes, VersionNeed need)
    {
        if (image.IsVersionUsed(need.Index))
        {
            throw new InvalidDataException($"The library uses {need.Version} of {need.Library}.");
        }

        byte[] marked = [.. bytes];
        BinaryPrimitives.WriteUInt16LittleEndian(
            marked.AsSpan(need.FlagsOffset),
            (ushort)(need.Flags | VersionNeed.WeakFlag)
        );
        return marked;
    }

    /// <summary>Whether the text holds the name as a whole word: GLIBCXX_3.4.3 isn't in GLIBCXX_3.4.32.</summary>
    private static bool Names(string text, string name)
    {
        for (int at = 0; name.Length > 0 && (at = text.IndexOf(name, at, StringComparison.Ordinal)) >= 0; at++)
        {
            int end = at + name.Length;
            if ((at == 0 || !IsPart(text[at - 1])) && (end == text.Length || !IsPart(text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';
}
