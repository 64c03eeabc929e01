namespace FanIn.TorchSharp;

/// <summary>
/// One entry of an ELF file's <c>.gnu.version_r</c>: the file asks <paramref name="Library"/> for
/// <paramref name="Version"/>, and its symbols refer to that version by <paramref name="Index"/>.
/// </summary>
/// <param name="Library">The library that should define the version, such as <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">The number by which <c>.gnu.version</c> names this version.</param>
/// <param name="Flags">The entry's flags (<c>vna_flags</c>).</param>
/// <param name="FlagsOffset">Where the two bytes of the flags lie in the file.</param>
internal readonly record struct VersionNeed(string Library, string Version, ushort Index, ushort Flags, int FlagsOffset)
{
    /// <summary><c>VER_FLG_WEAK</c>: the loader goes on if the version is missing.</summary>
    public const ushort WeakFlag = 2;

    public bool IsWeak => (Flags & WeakFlag) != 0;
}
