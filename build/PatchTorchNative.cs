using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Makes libLibTorchSharp.so loadable with the libstdc++ of Debian 12 (see TorchNative.targets).</summary>
public sealed class PatchTorchNative : Task
{
    const string Missing = "_ZSt21ios_base_library_initv";
    const string Replacement = "_ZNSt8ios_base4InitC1Ev";
    const string NewVersion = "GLIBCXX_3.4.32";
    const string OldVersion = "GLIBCXX_3.4";
    const uint DynamicSymbols = 11, VersionSymbols = 0x6fffffff, VersionNeeds = 0x6ffffffe;
    const ushort Weak = 2;

    public ITaskItem[] Files { get; set; }

    public override bool Execute()
    {
        foreach (var file in Files)
        {
            var path = file.GetMetadata("FullPath");
            var bytes = File.ReadAllBytes(path);
            if (!Patch(bytes))
                continue;

            // Replace the file instead of writing into it: the copy may be a hard link into the package cache.
            var fresh = path + ".patched";
            File.WriteAllBytes(fresh, bytes);
            File.Delete(path);
            File.Move(fresh, path);
            Log.LogMessage(MessageImportance.Low, "Patched {0} for libstdc++ before " + NewVersion + ".", path);
        }

        return !Log.HasLoggedErrors;
    }

    /// <summary>Edits the image in place; false when the symbol is not there (already patched, or a newer build).</summary>
    static bool Patch(byte[] image)
    {
        var sections = new List<(uint Type, int Offset, int Size, int Link, int Info)>();
        var start = (int)BitConverter.ToUInt64(image, 0x28);
        int entry = BitConverter.ToUInt16(image, 0x3A), count = BitConverter.ToUInt16(image, 0x3C);
        for (var i = 0; i < count; i++)
        {
            var at = start + i * entry;
            sections.Add((BitConverter.ToUInt32(image, at + 4), (int)BitConverter.ToUInt64(image, at + 24),
                (int)BitConverter.ToUInt64(image, at + 32), BitConverter.ToInt32(image, at + 40), BitConverter.ToInt32(image, at + 44)));
        }

        var symbols = sections.Find(s => s.Type == DynamicSymbols);
        var strings = sections[symbols.Link].Offset;
        var versions = sections.Find(s => s.Type == VersionSymbols).Offset;
        var needs = sections.Find(s => s.Type == VersionNeeds);

        // Version name -> (its index, where its entry stands).
        var known = new Dictionary<string, (ushort Index, int At)>();
        for (int i = 0, at = needs.Offset; i < needs.Info; i++)
        {
            var aux = at + BitConverter.ToInt32(image, at + 8);
            for (var k = 0; k < BitConverter.ToUInt16(image, at + 2); k++)
            {
                known[Name(image, strings + BitConverter.ToInt32(image, aux + 8))] = (BitConverter.ToUInt16(image, aux + 6), aux);
                aux += BitConverter.ToInt32(image, aux + 12);
            }

            at += BitConverter.ToInt32(image, at + 12);
        }

        if (!known.TryGetValue(NewVersion, out var unwanted) || !known.TryGetValue(OldVersion, out var wanted))
            return false;

        var patched = false;
        for (var i = 0; i < symbols.Size / 24; i++)
        {
            var name = strings + BitConverter.ToInt32(image, symbols.Offset + i * 24);
            if (Name(image, name) != Missing)
                continue;

            var text = new byte[Missing.Length];
            Encoding.ASCII.GetBytes(Replacement, 0, Replacement.Length, text, 0);
            text.CopyTo(image, name);
            BitConverter.GetBytes(wanted.Index).CopyTo(image, versions + 2 * i);
            BitConverter.GetBytes(Weak).CopyTo(image, unwanted.At + 4);
            patched = true;
        }

        return patched;
    }

    static string Name(byte[] image, int at)
    {
        var end = Array.IndexOf(image, (byte)0, at);
        return Encoding.ASCII.GetString(image, at, end - at);
    }
}
