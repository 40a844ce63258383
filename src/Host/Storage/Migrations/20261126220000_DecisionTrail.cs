using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Unlearning.Host.Storage.Migrations
{
    /// <inheritdoc />
    public partial class DecisionTrail : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "Complete",
                table: "Incidents",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Detectors",
                table: "Incidents",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "ModelId",
                table: "Incidents",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "Refused",
                table: "Incidents",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "Streaming",
                table: "Incidents",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ToolResultMatched",
                table: "Incidents",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "Complete",
                table: "Occurrences",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Detectors",
                table: "Occurrences",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "Function",
                table: "Occurrences",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ModelId",
                table: "Occurrences",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Policy",
                table: "Occurrences",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "PolicyRevision",
                table: "Occurrences",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "PolicyVersion",
                table: "Occurrences",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<bool>(
                name: "Refused",
                table: "Occurrences",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "Streaming",
                table: "Occurrences",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ToolResultMatched",
                table: "Occurrences",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Complete",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "Detectors",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "ModelId",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "Refused",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "Streaming",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "ToolResultMatched",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "Complete",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "Detectors",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "Function",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "ModelId",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "Policy",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "PolicyRevision",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "PolicyVersion",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "Refused",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "Streaming",
                table: "Occurrences");

            migrationBuilder.DropColumn(
                name: "ToolResultMatched",
                table: "Occurrences");
        }
    }
}
